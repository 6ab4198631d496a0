import { isOutgoingRule, outgoingRuleForm } from '../core/outgoing-rules.ts';
import { parseRelease } from '../core/release.ts';
import { parseSize } from '../core/size.ts';
import type { Option, SettingsOf } from './option.ts';

/**
 * The one table of options. The `Settings` type, the flags, the environment variables, `--help`, `--print-config`, the
 * JSON Schema of `kymulator.yaml` and `docs/configuration.md` all derive from it.
 */

const groups = {
  kyma: 'Kyma',
  addresses: 'Addresses',
  ports: 'Ports (0 = any free port)',
  state: 'State and files',
  subject: 'Certificate subject',
  lifetimes: 'Lifetimes and timeouts',
  log: 'Log',
} as const;

function isRelease(text: string): boolean {
  try {
    parseRelease(text);
    return true;
  } catch {
    return false;
  }
}

const isBaseUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const isPortText = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65535;
const isDomain = (text: string) => text === '' || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);

const isHost = (text: string) => /^[\w.:%-]+$/.test(text);
const isHostName = (text: string) => /^[\w.:*-]+$/.test(text);
const isOrigin = (text: string) => URL.parse(text)?.origin === text.toLowerCase();
const isCountry = (text: string) => /^[a-z]{2}$/i.test(text);

const text = (value: string, group: string, description: string) =>
  ({ type: 'string', group, default: value, description }) as const;
const flag = (value: boolean, group: string, description: string) =>
  ({ type: 'boolean', group, default: value, description }) as const;
const port = (value: number, description: string) =>
  ({ type: 'port', group: groups.ports, default: value, libraryDefault: 0, description }) as const;
const baseUrl = (whenUnset: string, description: string) =>
  ({
    type: 'string',
    group: groups.addresses,
    check: isBaseUrl,
    form: 'a URL that starts with http:// or https://',
    whenUnset,
    description,
  }) as const;
const file = (whenUnset: string, description: string) =>
  ({ type: 'path', group: groups.state, whenUnset, description }) as const;
const lifetime = (whenUnset: string, description: string) =>
  ({ type: 'duration', group: groups.lifetimes, whenUnset, description }) as const;
const timeout = (value: number, description: string) =>
  ({ type: 'duration', group: groups.lifetimes, default: value, description }) as const;

export const options = {
  kyma: {
    type: 'release',
    group: groups.kyma,
    default: 'latest',
    check: isRelease,
    form: 'latest, or a Kyma release from 0.4.0 to 2.20 such as 1.24 or 1.24.11',
    description: 'Kyma release to behave like; latest is, for each API, the newest release that had it',
  },
  quirks: flag(false, groups.kyma, "Reproduce the original's known defects too"),
  detailedErrors: flag(false, groups.kyma, 'Let the registry tell what failed inside instead of "Internal error."'),
  insecureSpecifications: flag(
    false,
    groups.kyma,
    'Fetch specifications without checking the certificate of their host',
  ),
  cacheDelays: flag(
    false,
    groups.kyma,
    'Let the Application Gateway notice changes as late as the original, after up to 7 minutes',
  ),
  central: flag(false, groups.kyma, 'Run the Connector Service as a central one, with tenants, groups and runtimes'),
  allowExec: flag(false, groups.kyma, 'Let kubectl exec run commands, as processes of this machine'),
  allowExecFromOutside: flag(
    false,
    groups.kyma,
    'Allow that also where other machines reach the Kubernetes API, as with --host 0.0.0.0',
  ),

  domain: {
    type: 'string',
    group: groups.addresses,
    default: '',
    check: isDomain,
    form: 'a domain name such as kyma.example, without scheme and port',
    description: 'Domain of the cluster, for URLs such as https://gateway.DOMAIN; empty means localhost URLs',
  },
  host: {
    ...text(
      '127.0.0.1',
      groups.addresses,
      'Address to listen on, for what is outside of the cluster; 0.0.0.0 is every network interface',
    ),
    check: isHost,
    form: 'an IP address or host name of this machine',
  },
  insideHost: {
    ...text(
      '127.0.0.1',
      groups.addresses,
      'The same for what is inside of the cluster and asks for no login: tokens, its other names, the Application Gateway',
    ),
    check: isHost,
    form: 'an IP address or host name of this machine',
  },
  hostName: {
    type: 'list',
    group: groups.addresses,
    default: [],
    items: 'text',
    check: isHostName,
    form: 'host names or IP addresses as texts',
    description: 'Further host name or IP address for the server certificates, by which the edges may be called',
  },
  allowOrigin: {
    type: 'list',
    group: groups.addresses,
    default: [],
    items: 'text',
    check: isOrigin,
    form: 'origins such as http://localhost:3000, without path',
    description: 'Origin whose pages in a browser may call what is inside of the cluster; others are refused',
  },
  outgoing: {
    type: 'list',
    group: groups.addresses,
    default: ['*'],
    items: 'text',
    check: isOutgoingRule,
    form: outgoingRuleForm,
    description:
      'Where targets, specifications and tokens may be called: host names, *.DOMAIN, addresses, ranges, loopback, private or *, ! in front for what may not; metadata services of clouds only as metadata',
  },
  connectorUrl: baseUrl(
    'derived from the domain and the real port',
    'Public base URL of the Connector Service when a proxy or a port mapping is in front',
  ),
  gatewayUrl: baseUrl(
    'derived from the domain and the real port',
    'Public base URL of the mutual-TLS gateway when a proxy or a port mapping is in front',
  ),
  controlUrl: baseUrl(
    'http://127.0.0.1 and the control port',
    'Base URL under which the commands token, connect, ca and wait find the running instance',
  ),

  internalPort: port(8080, 'HTTP: tokens of the Connector Service and other names inside the cluster'),
  clusterPort: {
    type: 'list',
    group: groups.ports,
    default: [],
    items: 'text',
    check: isPortText,
    form: 'port numbers as texts, such as "8081"',
    description: 'Further port on which the names inside the cluster answer, as in a cluster: 80, 8081, 8082, 9090',
  },
  connectorPort: port(8443, 'TLS: pairing with the Connector Service'),
  gatewayPort: port(9443, 'Mutual TLS: management info, renewals, metadata, events'),
  applicationGatewayPort: port(8090, 'HTTP: Application Gateway, paths /APPLICATION/SERVICE'),
  applicationGatewayCompassPort: port(8092, 'HTTP: Application Gateway, paths /APPLICATION/SERVICE/ENTRY'),
  applicationGatewayHealthPort: port(8091, 'HTTP: health of the Application Gateway'),
  kubernetesPort: port(6443, 'TLS: Kubernetes API, for kubectl and client libraries'),
  controlPort: port(8000, 'HTTP: readiness and control API'),
  externalSystemPort: port(8088, 'HTTP: demo system that APIs can be registered from'),
  externalSystemTlsPort: port(8488, 'Mutual TLS: demo system for clients with a certificate of the CA'),
  externalSystemExpiredPort: port(8489, 'Mutual TLS: the same with a server certificate that has expired'),
  externalSystem: flag(true, groups.ports, 'Start the demo system'),
  externalSystemFlavor: {
    type: 'choice',
    group: groups.ports,
    default: 'go',
    choices: ['go', 'kr'],
    description: 'Shape of HTTPBin in the demo system; go is go-httpbin, kr is that of httpbin.org',
  },

  ephemeral: {
    ...flag(false, groups.state, 'Keep everything in memory and write no files'),
    libraryDefault: true,
  },
  dataDir: { type: 'path', group: groups.state, default: '.kymulator', description: 'Folder for the state' },
  certsDir: {
    type: 'path',
    group: groups.state,
    default: 'certs',
    description: 'Folder for the certificate of the CA and for what the command connect writes',
  },
  kubeconfig: file('only certs/kubeconfig is written', 'Existing or new kubeconfig to add the Kubernetes API to'),
  caCert: file('an own CA is made', 'PEM file with the certificate of the CA that signs; needs the CA key too'),
  caKey: file('an own CA is made', 'PEM file with the private key of the CA that signs'),
  rootCaCert: file('the CA is the root', 'PEM file with the root certificate above the CA, added to issued chains'),
  seed: {
    type: 'list',
    group: groups.state,
    default: [],
    items: 'path',
    description: 'File or folder with resources (YAML, JSON) to load at start',
  },

  country: {
    ...text('DE', groups.subject, 'C of the subject that signing requests must have'),
    check: isCountry,
    form: 'two letters such as DE',
  },
  organization: text('Organization', groups.subject, 'O of the subject'),
  organizationalUnit: text('OrgUnit', groups.subject, 'OU of the subject'),
  locality: text('Waldorf', groups.subject, 'L of the subject'),
  province: text('Waldorf', groups.subject, 'ST of the subject'),

  appTokenTtl: {
    ...lifetime("the release's own", 'How long tokens of applications live; below zero means for ever'),
    negative: true,
  },
  runtimeTokenTtl: {
    ...lifetime("the release's own", 'How long tokens of runtimes live; below zero means for ever'),
    negative: true,
  },
  certificateValidity: {
    ...lifetime("the release's own", 'How long issued client certificates are valid'),
    longest: 36_500 * 86_400_000,
  },
  specificationTimeout: lifetime(
    "the release's own, 5s or 20s",
    'How long the registry waits for a specification that it fetches',
  ),
  assetDelay: timeout(0, 'How long after a registration its specifications become readable; a cluster takes a moment'),
  proxyTimeout: timeout(10_000, 'How long the Application Gateway waits for an answer of an external API'),
  requestTimeout: timeout(10_000, 'How long the Application Gateway gives one request of a workload in all'),
  gatewayRetryBodyLimit: {
    type: 'string',
    group: groups.lifetimes,
    default: '1MiB',
    check: (size) => parseSize(size) !== undefined,
    form: 'a size in bytes such as 65536, 512KiB or 1MiB',
    description: 'Longest request body that the Application Gateway sends again after an answer of 401 or 403',
  },

  logLevel: {
    type: 'choice',
    group: groups.log,
    default: 'info',
    libraryDefault: 'silent',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    description: 'Least level that is logged',
  },
  logFormat: {
    type: 'choice',
    group: groups.log,
    default: 'auto',
    choices: ['auto', 'pretty', 'json'],
    description: 'Form of the log on stderr; auto is pretty on a terminal and JSON lines elsewhere',
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

/** What an instance is started with. Durations are milliseconds, ports 0 to 65535. */
export type Settings = SettingsOf<typeof options>;

/** The table again, in its order, for code that treats all options alike. */
export const optionRows: readonly (readonly [name: OptionName, option: Option])[] = Object.entries(
  options satisfies Readonly<Record<OptionName, Option>>,
) as [OptionName, Option][];

export const optionNames: readonly OptionName[] = optionRows.map(([name]) => name);

export const isOptionName = (name: string): name is OptionName => Object.hasOwn(options, name);
