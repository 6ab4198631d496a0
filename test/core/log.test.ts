import { expect, test } from 'vitest';
import { createLogger, type LogOptions, silentLogger } from '../../src/core/log.ts';
import { redact } from '../../src/core/redact.ts';

async function logger(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text), isTTY: options.format === 'pretty' };
  return { log: await createLogger({ level: 'trace', format: 'json', ...options, stream }), lines };
}

test('off a terminal, a line is one JSON object', async () => {
  const { log, lines } = await logger({ format: 'auto' });
  log.child({ capability: 'connector' }).info({ application: 'shop' }, 'paired');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    capability: 'connector',
    application: 'shop',
    msg: 'paired',
  });
});

test('a pretty line is for people', async () => {
  const { log, lines } = await logger({ format: 'pretty' });
  log.warn('careful');
  expect(lines.join('')).toMatch(/WARN.*careful/);
});

test('what is below the level is not logged, and silent logs nothing', async () => {
  const { log, lines } = await logger({ level: 'warn' });
  log.info('no');
  log.error('yes');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['yes']);
  const { log: silent } = await logger({ level: 'silent' });
  expect(silent).toBe(silentLogger);
  expect(silent.child({})).toBe(silentLogger);
});

const SECRET = 'q83vEjRWeJCrze8SNFZ4kA';

test.each(['json', 'pretty'] as const)('a secret never appears in a %s log, wherever it is', async (format) => {
  const { log, lines } = await logger({ format });
  const token = `${SECRET}==`;
  const url = `https://localhost:8443/v1/applications/certificates?a=1&token=${token}&b=2`;
  log.info({ url }, `GET ${url}`);
  log.info({ req: { headers: { authorization: `Basic ${SECRET}`, 'Access-Token': SECRET } } });
  log.info({ deep: { er: { headers: { cookie: `a=${SECRET}`, 'set-cookie': [`a=${SECRET}`, `b=${SECRET}`] } } } });
  log.info({ headers: { 'X-CSRF-Token': SECRET, 'x-forwarded-client-cert': `Hash=${SECRET};Subject="CN=shop"` } });
  log.info({ body: JSON.stringify({ url, token, clientSecret: SECRET }) }, 'answer');
  log.info({ location: `/login?next=${encodeURIComponent(`/info?token=${SECRET}`)}` });
  log.error({ err: new Error(`cannot get ${url}`, { cause: new Error(`Bearer ${SECRET}`) }) });
  log.child({ token, password: `quoted "${SECRET}` }).info('bound');
  log.error({ pem: `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----\n` });
  log.error(`cut off: -----BEGIN PRIVATE KEY-----\n${SECRET}`);
  expect(lines).toHaveLength(10);
  expect(lines.join('')).not.toContain(SECRET);
  if (format === 'json') for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test('what is not secret stays readable', () => {
  const line = JSON.stringify({ url: '/v1/info?token=abc==&x=1', tokens: 3, msg: 'token used, Basic authentication' });
  expect(JSON.parse(redact(line))).toEqual({
    url: '/v1/info?token=***&x=1',
    tokens: 3,
    msg: 'token used, Basic authentication',
  });
});

const FORGED = 'a\n[10:00:00.000] INFO: paired\r\u2028\u0085\u009b2J\u001b[2J';

test('text of others makes no line of its own in a pretty log, and commands no terminal', async () => {
  const { log, lines } = await logger({ format: 'pretty' });
  log.child({ name: FORGED }).info({ path: FORGED, [FORGED]: 1 }, FORGED);
  log.error({ err: new Error(FORGED, { cause: new Error(FORGED) }) }, 'failed');
  const colours = /\p{Cc}\[\d+m/gu;
  const text = lines.join('').replace(colours, '');
  expect(text.split('\n').filter((line) => /^\S/.test(line))).toEqual([
    expect.stringMatching(/INFO \(a\\n.*\): a\\n\[10/),
    expect.stringMatching(/ERROR: failed/),
  ]);
  expect([...text].filter((character) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character) && character !== '\n')).toEqual([]);
});
