import type { Settings } from '../config/options.ts';
import { messageOf, userError } from '../core/errors.ts';
import { withoutTrailing } from '../core/trailing.ts';
import { type ExchangeOptions, errorText, exchange, type HttpAnswer, jsonObject } from '../http/exchange.ts';
import type { TokenEndpoint } from '../kyma/token-endpoint.ts';

/** What a running instance says about itself: `GET /v1/instance` of the control API. */
export interface Instance {
  readonly version: string;
  readonly kyma: string;
  /** PEM of the certificate authority. */
  readonly ca: string;
  /** Where that certificate lies on the machine of the instance. */
  readonly caFile?: string | undefined;
  /** Only when asked for an application. */
  readonly tokenRequest?: TokenEndpoint | undefined;
}

/** Base URL of the control API, without slash at the end. */
export function controlBase({ controlUrl, controlPort, host }: Settings): string {
  if (controlUrl !== undefined) return withoutTrailing('/', controlUrl);
  if (controlPort === 0) throw userError('CONTROL_PORT_UNKNOWN', {});
  return `http://${host.includes(':') ? '[::1]' : '127.0.0.1'}:${controlPort}`;
}

/** The control API of a running instance, as the commands use it. */
export class ControlClient {
  readonly base: string;
  readonly #start: string;

  /** @param start the command that starts an instance, for the advice when none is there */
  constructor(base: string, start: string) {
    this.base = base;
    this.#start = start;
  }

  /** @throws UserError when nothing or something else answers */
  async instance(application?: string): Promise<Instance> {
    const query = application === undefined ? '' : `?application=${encodeURIComponent(application)}`;
    const answer = await this.#ask(`/v1/instance${query}`);
    if (answer.status !== 200) throw userError('INSTANCE_REFUSED', { url: this.base, answer: errorText(answer) });
    const body = jsonObject(answer);
    const { version, kyma, ca, caFile, tokenRequest } = body ?? {};
    if (typeof version !== 'string' || typeof ca !== 'string') throw userError('NOT_KYMULATOR', { url: this.base });
    return {
      version,
      kyma: String(kyma),
      ca,
      caFile: typeof caFile === 'string' ? caFile : undefined,
      tokenRequest: readTokenRequest(tokenRequest),
    };
  }

  /** Makes the application when it is missing. @returns whether it was made now */
  async ensureApplication(name: string): Promise<boolean> {
    const answer = await this.#ask(`/v1/applications/${encodeURIComponent(name)}`, { method: 'PUT' });
    if (answer.status === 201) return true;
    if (answer.status === 200) return false;
    throw userError('APPLICATION_REFUSED', { application: name, answer: errorText(answer) });
  }

  /** @returns undefined when ready, else why not */
  async notReady(timeout: number): Promise<string | undefined> {
    const answer = await exchange(`${this.base}/readyz`, { timeout });
    return answer.status === 200 ? undefined : `it answers ${errorText(answer)}`;
  }

  async #ask(path: string, request?: ExchangeOptions): Promise<HttpAnswer> {
    try {
      return await exchange(this.base + path, request);
    } catch (cause) {
      throw userError('INSTANCE_UNREACHABLE', { problem: messageOf(cause), command: this.#start }, { cause });
    }
  }
}

function readTokenRequest(data: unknown): TokenEndpoint | undefined {
  if (typeof data !== 'object' || data === null || !('url' in data) || typeof data.url !== 'string') return undefined;
  const headers = 'headers' in data && typeof data.headers === 'object' ? Object.entries({ ...data.headers }) : [];
  return {
    url: data.url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
  };
}
