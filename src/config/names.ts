/** How an option is called in each place; the names follow from its key in the table. */

const words = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `gatewayPort` → `--gateway-port`. */
export const flagOf = (key: string) => `--${words(key)}`;

/** `quirks` → `--no-quirks`. */
export const negatedFlagOf = (key: string) => `--no-${words(key)}`;

export const environmentPrefix = 'KYMULATOR_';

/** `gatewayPort` → `KYMULATOR_GATEWAY_PORT`. */
export const environmentNameOf = (key: string) => environmentPrefix + words(key).replaceAll('-', '_').toUpperCase();

/** Names another configuration file than `kymulator.yaml`, as the flag `--config` does. */
export const configFileVariable = `${environmentPrefix}CONFIG`;

const linkEndings = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/**
 * Whether the variable is one that Kubernetes and Docker set in every container for a Service or a linked container
 * that happens to be called "kymulator…". They share our prefix (`KYMULATOR_PORT=tcp://10.0.0.7:8080`), and sometimes
 * the very name of an option, but they are no configuration.
 */
export const isServiceLink = (name: string, value: string) =>
  linkEndings.test(name) || (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value));
