import type { Settings } from '../config/options.ts';
import { withoutTrailing } from '../core/trailing.ts';
import { failed, unreachable } from './failure.ts';
import { errorText, type HttpAnswer, type HttpRequest, http, jsonObject } from './http.ts';

/** A request that yields a token, ready to be sent. */
export interface TokenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a running instance says about itself: `GET /v1/instance` of the control API. */
export interface Instance {
  readonly version: string;
  readonly kyma: string;
  /** PEM of the certificate authority. */
  readonly ca: string;
  /** Where that certificate lies on the machine of the instance. */
  readonly caFile?: string | undefined;
  /** Only when asked for an application. */
  readonly tokenRequest?: TokenRequest | undefined;
}

/** Base URL of the control API, without slash at the end. */
export function controlBase({ controlUrl, controlPort, host }: Settings): string {
  if (controlUrl !== undefined) return withoutTrailing('/', controlUrl);
  if (controlPort === 0) {
    throw failed('the control port is "any free port": name the running instance with --control-url');
  }
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

  /** @throws CommandError when nothing or something else answers */
  async instance(application?: string): Promise<Instance> {
    const query = application === undefined ? '' : `?application=${encodeURIComponent(application)}`;
    const answer = await this.#ask(`/v1/instance${query}`);
    if (answer.status !== 200) throw failed(`the instance at ${this.base} answered ${errorText(answer)}`);
    const body = jsonObject(answer);
    const { version, kyma, ca, caFile, tokenRequest } = body ?? {};
    if (typeof version !== 'string' || typeof ca !== 'string') {
      throw failed(`what answers at ${this.base} is not Kymulator; --control-url names another address`);
    }
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
    throw failed(`the application "${name}" cannot be made: ${errorText(answer)}`);
  }

  /** @returns undefined when ready, else why not */
  async notReady(timeout: number): Promise<string | undefined> {
    const answer = await http(`${this.base}/readyz`, { timeout });
    return answer.status === 200 ? undefined : `it answers ${errorText(answer)}`;
  }

  async #ask(path: string, request?: HttpRequest): Promise<HttpAnswer> {
    try {
      return await http(this.base + path, request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const advice = `start one with "${this.#start}", or name the running one with --control-url`;
      throw unreachable(`${reason}\nIs an instance running? ${advice}`, { cause: error });
    }
  }
}

function readTokenRequest(data: unknown): TokenRequest | undefined {
  if (typeof data !== 'object' || data === null || !('url' in data) || typeof data.url !== 'string') return undefined;
  const headers = 'headers' in data && typeof data.headers === 'object' ? Object.entries({ ...data.headers }) : [];
  return {
    method: 'method' in data && typeof data.method === 'string' ? data.method : 'POST',
    url: data.url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
  };
}
