import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Stored } from '../../resources/resource.ts';
import type { Change } from '../../store/store.ts';
import { includedOf } from '../table/table.ts';
import type { Form } from '../wire/accept.ts';
import { countOf, type Query } from '../wire/query.ts';
import { type ApiError, badRequest, expired, invalid, statusOf, tooLargeVersion } from '../wire/status.ts';
import type { Place } from './context.ts';
import { itemText, type Reading, selecting, selectionOf } from './read.ts';

/** A client that has this much more unread than at its beginning is cut off; it comes back with the last version that it saw. */
const MAX_UNREAD = 8 * 1024 * 1024;
/** Characters that are sent in one turn, and changes that may wait meanwhile: as many as the store keeps for late comers. */
const PORTION = 256 * 1024;
const MAX_WAITING = 10_000;
const BOOKMARK_EVERY = 60_000;
const SHORTEST = 30 * 60_000;
const VARIATION = 30 * 60_000;

/** How a client wants to follow a collection. (kubernetes-api §7) */
interface WatchRequest {
  readonly since: string | undefined;
  readonly bookmarks: boolean;
  /** Whether the present state is told first and its end marked. */
  readonly initialEvents: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The open watches of one instance. */
export class WatchStreams {
  readonly #open = new Set<WatchStream>();

  /** Answers with a stream of changes. @throws ApiError before anything was sent */
  async start(context: Reading, place: Place, form: Form, query: Query, response: ServerResponse): Promise<void> {
    const stream = new WatchStream(context, place, form, query, response, () => this.#open.delete(stream));
    this.#open.add(stream);
    try {
      await stream.begin(watchRequest(context, query));
    } catch (error) {
      this.#open.delete(stream);
      throw error;
    }
  }

  /** Ends them all; clients connect again. */
  close(): void {
    for (const stream of this.#open) stream.end();
  }

  get size(): number {
    return this.#open.size;
  }
}

function watchRequest({ random }: Reading, query: Query): WatchRequest {
  const version = query.get('resourceVersion');
  if (version && !/^\d{1,16}$/.test(version)) {
    throw badRequest(`Invalid value: ${JSON.stringify(version)}: resourceVersion is not a number`);
  }
  const asked = query.get('sendInitialEvents');
  const initialEvents = query.flag('sendInitialEvents');
  if (asked !== undefined && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const path = ['resourceVersionMatch'];
    const kind = { apiVersion: 'meta.k8s.io/v1', kind: 'ListOptions', plural: 'listoptions' };
    const detail = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalid({ kind }, [{ path, reason: 'FieldValueForbidden', detail }]);
  }
  const seconds = countOf(query, 'timeoutSeconds');
  return {
    since: version && version !== '0' && !initialEvents ? version : undefined,
    bookmarks: query.flag('allowWatchBookmarks'),
    initialEvents,
    timeout: seconds ? seconds * 1000 : SHORTEST + (random.bytes(2).readUInt16BE() / 0xffff) * VARIATION,
  };
}

class WatchStream {
  readonly #context: Reading;
  readonly #place: Place;
  readonly #form: Form;
  readonly #query: Query;
  readonly #response: ServerResponse;
  readonly #onEnd: () => void;
  readonly #cleanUp: (() => void)[] = [];
  #ended = false;
  #described = false;
  /** The newest version that was told. */
  #told = 0n;
  #mostUnread = MAX_UNREAD;
  /** What is still to be told, each made into a line when it is its turn; undefined when all has been. */
  #waiting: Iterator<() => string | undefined> | undefined;
  /** What happened meanwhile. */
  #news: (() => string | undefined)[] = [];

  constructor(context: Reading, place: Place, form: Form, query: Query, response: ServerResponse, onEnd: () => void) {
    this.#context = context;
    this.#place = place;
    this.#form = form;
    this.#query = query;
    this.#response = response;
    this.#onEnd = onEnd;
    response.on('close', () => this.end());
  }

  async begin(request: WatchRequest): Promise<void> {
    const { store } = this.#context;
    const { kind } = this.#place.served;
    const selection = selectionOf(this.#place, this.#query);
    // Listed even when nothing of it is told, so that a selector that cannot be read is an answer and not an event.
    const { items, resourceVersion } = await selecting(() => store.list(kind, selection));
    const { since } = request;
    // A number that no revision of a store can be, however long one waits.
    if (since !== undefined && !Number.isSafeInteger(Number(since))) throw tooLargeVersion(since, resourceVersion);
    if (this.#ended) return;
    this.#response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    this.#response.flushHeaders();
    const first = request.since === undefined ? this.#firstLines(items, request.initialEvents, resourceVersion) : [];
    this.#waiting = first[Symbol.iterator]();
    this.#follow({ ...selection, since: request.since ?? resourceVersion }, resourceVersion);
    if (this.#ended) return;
    this.#schedule(request);
    await this.#sendWaiting();
  }

  *#firstLines(items: readonly Stored[], marked: boolean, revision: string): Generator<() => string | undefined> {
    for (const object of items) yield () => this.#line({ type: 'ADDED', object });
    if (marked) yield () => this.#bookmarkLine(revision, true);
  }

  /** Sends what waits, portion by portion and no faster than the client reads, until nothing does any more. */
  async #sendWaiting(): Promise<void> {
    while (this.#waiting && !this.#ended) {
      const portion = this.#portion();
      const isRead = portion === '' || this.#response.write(portion);
      // Nobody can have read what was told just now.
      this.#mostUnread = this.#response.writableLength + MAX_UNREAD;
      if (this.#waiting) await (isRead ? setImmediate() : this.#room());
    }
  }

  #portion(): string {
    let portion = '';
    while (this.#waiting && portion.length < PORTION) {
      const next = this.#waiting.next();
      if (!next.done) portion += next.value() ?? '';
      else {
        this.#waiting = this.#news.length > 0 ? this.#news[Symbol.iterator]() : undefined;
        this.#news = [];
      }
    }
    return portion;
  }

  /** Waits until the client has read, or is gone. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#response.off('drain', go).off('close', go);
        resolve();
      };
      this.#response.on('drain', go).on('close', go);
    });
  }

  #follow(options: { readonly since: string }, current: string): void {
    const onExpired = () => this.#fail(expired(`too old resource version: ${options.since} (${current})`));
    const watch = this.#context.store.watch(this.#place.served.kind, { ...options, onExpired }, (change) =>
      this.#tell(() => this.#line(change)),
    );
    if (this.#ended) watch.close();
    else this.#cleanUp.push(() => watch.close());
  }

  #schedule({ bookmarks, timeout }: WatchRequest): void {
    const { clock, store } = this.#context;
    const finish = async () => {
      if (bookmarks) this.#bookmark(await store.revision());
      this.end();
    };
    this.#cleanUp.push(clock.after(timeout, () => void finish()));
    if (!bookmarks) return;
    let cancel = () => {};
    const repeat = () => {
      cancel = clock.after(BOOKMARK_EVERY, () => {
        void store.revision().then((revision) => this.#bookmark(revision));
        repeat();
      });
    };
    repeat();
    this.#cleanUp.push(() => cancel());
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const task of this.#cleanUp) task();
    this.#onEnd();
    this.#response.end();
  }

  #line({ type, object }: Change): string {
    const version = BigInt(object.metadata.resourceVersion);
    if (version > this.#told) this.#told = version;
    return `{"type":"${type}","object":${this.#objectText(object)}}\n`;
  }

  #objectText(object: Stored): string {
    if (this.#form !== 'table') return itemText(this.#context, this.#place, object, this.#form, this.#query);
    const { tables, clock } = this.#context;
    const head = !this.#described;
    this.#described = true;
    return tables.of(this.#place.served, [object], {
      metadata: JSON.stringify({ resourceVersion: object.metadata.resourceVersion }),
      included: includedOf(this.#query.get('includeObject')),
      now: clock.now(),
      head,
    });
  }

  /** Tells the version up to which everything has been told. (kubernetes-api §7.3, §7.4) */
  #bookmark(resourceVersion: string): void {
    this.#tell(() => this.#bookmarkLine(resourceVersion));
  }

  #bookmarkLine(resourceVersion: string, endOfInitial = false): string | undefined {
    // What was told since the version was asked for is newer.
    if (BigInt(resourceVersion) < this.#told) return undefined;
    const { apiVersion, kind } = this.#place.served;
    const mark = endOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion, creationTimestamp: null, ...mark };
    const object = this.#form === 'table' ? emptyTable(metadata) : { kind: kind.kind, apiVersion, metadata };
    return `{"type":"BOOKMARK","object":${JSON.stringify(object)}}\n`;
  }

  #fail(error: ApiError): void {
    this.#write(`{"type":"ERROR","object":${JSON.stringify(statusOf(error))}}\n`);
    this.end();
  }

  /** Tells a line at once, or after all that waits. */
  #tell(line: () => string | undefined): void {
    if (this.#ended) return;
    if (this.#waiting === undefined) this.#write(line());
    else if (this.#news.push(line) > MAX_WAITING) this.#cutOff();
  }

  #write(line: string | undefined): void {
    if (this.#ended || line === undefined) return;
    this.#response.write(line);
    // Writers must never wait for a reader, and what nobody reads must not pile up.
    if (this.#response.writableLength > this.#mostUnread) this.#cutOff();
  }

  #cutOff(): void {
    this.#context.log.warn({ unread: this.#response.writableLength }, 'a watch was ended: its client does not read');
    this.#response.destroy();
    this.end();
  }
}

const emptyTable = (metadata: object) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  columnDefinitions: [],
  rows: [],
});
