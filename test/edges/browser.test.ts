import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KymulatorOptions } from '../../src/kymulator.ts';
import type { Application } from '../../src/resources/application.ts';
import { edge, start } from '../support/instance.ts';
import { STRANGER, startBrowser, startTarget } from './browser.ts';

let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  context = await browser.newContext();
  return () => context.close();
});

const shop = (targetUrl: string): Application => ({
  apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop' },
  spec: {
    services: [
      {
        ...{ id: 'id', name: 'orders', displayName: 'orders', description: 'Orders', providerDisplayName: 'Acme' },
        entries: [{ type: 'API', targetUrl }],
      },
    ],
  },
});

/** An instance with an API, and what stands behind that. */
async function startVictim(options: KymulatorOptions = {}) {
  const target = await startTarget();
  const instance = await start(options);
  await instance.store.create(shop(target.url));
  return { instance, target };
}

/** What a page sends, in every way that needs nobody's leave, or asks for it. */
interface Attempt {
  readonly edge: string;
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
}

const attempts: readonly Attempt[] = [
  { edge: 'internal', path: '/v1/applications/tokens', method: 'POST', headers: { Application: 'shop' } },
  { edge: 'internal', path: '/v1/remoteenvironments/shop/tokens', method: 'POST' },
  { edge: 'internal', path: '/v1/applications/certificates/revocations', method: 'POST' },
  { edge: 'application-gateway', path: '/shop/orders/x', method: 'GET' },
  { edge: 'application-gateway', path: '/shop/orders/x', method: 'POST' },
  { edge: 'control', path: '/v1/instance?application=shop', method: 'GET' },
  { edge: 'control', path: '/v1/applications/evil', method: 'PUT' },
  { edge: 'control', path: '/v1/applications/evil', method: 'POST' },
];
const HASH = '{"hash":"daf8ed2b3a8a9ab9d2d0b4f2a3a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3"}';

/** Tries a fetch in a page. @returns what the page could read, with its status */
function tryFetch(page: Page, url: string, { method, headers = {} }: Attempt, mode: 'cors' | 'no-cors') {
  const options = { method, headers: mode === 'cors' ? headers : {}, mode, ...(method === 'POST' && { body: HASH }) };
  return page.evaluate(
    async ([address, init]) => {
      try {
        const answer = await fetch(address, init);
        return `${answer.status} ${await answer.text()}`;
      } catch {
        return 'refused';
      }
    },
    [url, options] as const,
  );
}

const tryWebSocket = (page: Page, url: string) =>
  page.evaluate(
    (address) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      }),
    url.replace('http:', 'ws:'),
  );

/** A form that a page submits leads the page away, to where it went. @returns the status of what came */
async function tryForm(home: string, url: string): Promise<number> {
  const page = await context.newPage();
  await page.goto(home);
  const answered = page.waitForResponse((response) => response.url() === url);
  // A text, since the tests do not know what a browser has.
  await page.evaluate(`
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '${url}', enctype: 'text/plain' });
    document.body.append(form);
    form.submit();
  `);
  const status = (await answered).status();
  // A page that is on its way is not closed.
  await page.waitForURL(url);
  await page.close();
  return status;
}

/** What a page learns of another origin's answer: nothing, or only that there was one. */
const unreadable = ['refused', '0 '];

test.each([
  ['of another site', STRANGER],
  ['of another port', 'localhost'],
])('a page %s neither reads nor does anything', async (_, host) => {
  const { instance, target } = await startVictim();
  const stranger = await startTarget();
  const home = `http://${host}:${stranger.port}/`;
  const page = await context.newPage();
  await page.goto(home);
  const before = await instance.store.revision();

  // What the page can do where it is let: the trial is worth something.
  const free = await tryFetch(page, `${target.url}/free`, { edge: '', path: '', method: 'GET' }, 'cors');
  expect(free).toContain('a secret of the target');
  target.seen.length = 0;

  for (const attempt of attempts) {
    for (const address of [
      edge(instance, attempt.edge),
      edge(instance, attempt.edge).replace('localhost', '127.0.0.1'),
    ]) {
      for (const mode of ['cors', 'no-cors'] as const) {
        const got = await tryFetch(page, address + attempt.path, attempt, mode);
        expect(unreadable, `${mode} ${attempt.method} ${address}${attempt.path}: ${got}`).toContain(got);
      }
    }
    if (attempt.method === 'POST') {
      expect(await tryForm(home, edge(instance, attempt.edge) + attempt.path)).toBe(403);
    }
  }
  expect(await tryWebSocket(page, `${edge(instance, 'application-gateway')}/shop/orders/socket`)).toBe('refused');
  expect(target.seen).toEqual([]);
  expect(await instance.store.revision()).toBe(before);
});

test('a page whose name leads to this machine from now on reads and does nothing', async () => {
  const { instance, target } = await startVictim();
  const before = await instance.store.revision();
  for (const name of ['internal', 'application-gateway', 'control']) {
    const home = `http://${STRANGER}:${new URL(edge(instance, name)).port}`;
    const page = await context.newPage();
    // As long as the name led to the stranger, this came from there.
    await page.route(`${home}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>hello' }));
    await page.goto(`${home}/`);
    for (const attempt of attempts.filter((candidate) => candidate.edge === name)) {
      const got = await tryFetch(page, home + attempt.path, attempt, 'cors');
      expect(got, attempt.path).toMatch(/^421 .*(localhost|--host-name)/);
    }
    expect(await tryWebSocket(page, `${home}/shop/orders/socket`)).toBe('refused');
    await page.close();
  }
  expect(target.seen).toEqual([]);
  expect(await instance.store.revision()).toBe(before);
});

test('a person who types an address sees what is there, and its own page may call it', async () => {
  const { instance, target } = await startVictim();
  const page = await context.newPage();
  const answer = await page.goto(`${edge(instance, 'application-gateway')}/shop/orders/page`);
  expect(await answer?.text()).toContain('a secret of the target');
  const own = `${edge(instance, 'application-gateway')}/shop/orders/x`;
  expect(await tryFetch(page, own, { edge: '', path: '', method: 'POST' }, 'cors')).toContain('200 ');
  expect(await tryWebSocket(page, `${edge(instance, 'application-gateway')}/shop/orders/socket`)).toBe('refused');
  expect(target.seen).toEqual(['GET /page', 'POST /x', 'upgrade /socket']);
  const description = await page.goto(`${edge(instance, 'control')}/v1/instance`);
  expect(await description?.json()).toHaveProperty('urls');
});

test('HTTPBin is for every page to read, as the original; tokens of the demo are not', async () => {
  const instance = await start();
  const stranger = await startTarget();
  const page = await context.newPage();
  await page.goto(`http://${STRANGER}:${stranger.port}/`);
  const system = edge(instance, 'external-system');
  const get = { edge: '', path: '', method: 'GET' } as const;
  expect(await tryFetch(page, `${system}/uuid`, get, 'cors')).toMatch(/^200 .*uuid/s);
  expect(await tryFetch(page, `${system}/v1/api/csrf/ok/token`, get, 'cors')).toBe('refused');
});

test('an origin that is allowed may call the Application Gateway, and is read by whom the target lets', async () => {
  const stranger = await startTarget();
  const origin = `http://${STRANGER}:${stranger.port}`;
  const { instance } = await startVictim({ allowOrigin: [origin] });
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  const url = `${edge(instance, 'application-gateway')}/shop/orders/x`;
  expect(await tryFetch(page, url, { edge: '', path: '', method: 'GET' }, 'cors')).toContain('a secret of the target');
});
