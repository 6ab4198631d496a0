import { expect, test } from 'vitest';
import { cli } from './cli.ts';

test.each<[string[], string]>([
  [['conect', 'shop'], 'unknown command "conect"; did you mean connect?'],
  [['config', 'scheme'], 'unknown command "scheme"; did you mean schema?'],
  [['--kyma', '1.24', 'token', 'shop'], 'unexpected "token"; the command comes first: kymulator token …'],
  [['token', 'shop', 'other'], 'unexpected "other" after kymulator token'],
  [['token', '--quite', 'shop'], 'unknown option --quite; did you mean --quiet?'],
  [['wait', '--timeout=1s', '--kyma=1'], 'unknown option --kyma'],
  [['--quirks=yes'], '--quirks takes no value; write --quirks or --no-quirks'],
  [['token'], "missing required argument 'application'; see kymulator token --help"],
  [['up', '--kyma'], "option '--kyma <release>' argument missing; see kymulator up --help"],
  [['--kyma'], "option '--kyma <release>' argument missing; see kymulator up --help"],
  [['wait', '--timeout', 'soon'], '--timeout is "soon"; expected a duration with its unit, such as 30s'],
  [['connect', 'shop', '--key-size', '512'], '--key-size is "512"; expected 2048, 3072 or 4096'],
  [['connect', '../shop'], '"../shop" is no application name: use lower-case letters'],
  [['token', 'Shop'], '"Shop" is no application name: use lower-case letters'],
  [['up', '--config', '/nowhere.yaml'], 'there is no configuration file /nowhere.yaml'],
])('kymulator %j is wrong usage', async (argv, message) => {
  const { code, stdout, stderr } = await cli(argv);
  expect(stderr).toContain(`kymulator: ${message}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
