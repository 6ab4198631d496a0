import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { LogTap } from '../../core/log-tap.ts';
import { splitTarget } from '../../go/path.ts';
import type { ResourceStore } from '../../store/store.ts';
import { sendError } from '../wire/respond.ts';
import { ApiError, badRequest, internalError } from '../wire/status.ts';
import { type CommandSurroundings, type RunningCommand, runCommand } from './command.ts';
import { channelSession, collectSession, type ExecSession } from './exec.ts';
import { readExecRequest } from './exec-request.ts';
import type { StreamHandler, StreamTarget } from './handler.ts';
import { readLogRequest, sendLogs } from './logs.ts';
import { negotiate, type Offer } from './negotiation.ts';
import { containerOf, findPod, portsOf } from './pods.ts';
import { type PodPorts, type PortTarget, pairStreams } from './port-forward.ts';
import { forwardChannels, readPorts } from './port-forward-channels.ts';
import { execForbidden, notSimulated, refuseUpgrade } from './refusals.ts';
import { serveSpdy } from './spdy/connection.ts';
import { acceptSpdy } from './spdy/upgrade.ts';
import { acceptWebSocket, bytesOf, type UpgradeRequest } from './websocket.ts';

export interface StreamOptions {
  /** Where the pods are. */
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where a port of a pod is really served; undefined when the pod has no such port, or nothing runs in it. */
  readonly resolvePort: (namespace: string, pod: string, port: number) => PortTarget | undefined;
  readonly logTap: LogTap;
  /** Whose log lines a container shows; undefined when nothing runs in it. */
  readonly partOf: (namespace: string, pod: string, container: string) => string | undefined;
  /** Whether commands may run on this machine. */
  readonly allowExec: boolean;
  /** What a command in a pod finds around it. */
  readonly surroundings: (namespace: string, pod: string) => CommandSurroundings;
}

/** Serves port-forward, exec and logs of pods. (kubernetes-api §10, §11) */
export interface Streams extends StreamHandler {
  /** Ends all streams and all commands. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** What a stream ends with. */
interface Connection {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

type PodTarget = StreamTarget & { readonly pod: string };

export function createStreams(options: StreamOptions): Streams {
  const { store, clock, log, resolvePort, logTap, partOf, allowExec, surroundings } = options;
  const connections = new Set<Connection>();
  const commands = new Set<RunningCommand>();
  let closed = false;

  const track = (connection: Connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    if (closed) connection.destroy();
  };

  const openPortForward = async (upgrade: UpgradeRequest, { protocol, form }: Offer, target: PodTarget) => {
    const { namespace } = target;
    const pod = await findPod(store, namespace, target.pod);
    const ports: PodPorts = {
      pod: target.pod,
      known: portsOf(pod),
      resolve: (port) => resolvePort(namespace, target.pod, port),
    };
    if (form === 'streams') {
      serveSpdy(acceptSpdy(upgrade, protocol), pairStreams(ports));
    } else if (form === 'tunnel') {
      acceptWebSocket(upgrade, protocol, (connection) => serveSpdy(bytesOf(connection), pairStreams(ports)));
    } else {
      const wanted = readPorts(queryOf(upgrade.request));
      acceptWebSocket(upgrade, protocol, (connection) => forwardChannels(connection, wanted, ports));
    }
  };

  const openExec = async (upgrade: UpgradeRequest, { protocol, form }: Offer, { namespace, pod: name }: PodTarget) => {
    if (!allowExec) throw execForbidden(name);
    const wanted = readExecRequest(queryOf(upgrade.request));
    containerOf(await findPod(store, namespace, name), wanted.container);
    const around = surroundings(namespace, name);
    const begin = (session: ExecSession) => {
      if (upgrade.socket.destroyed) return;
      const running = runCommand(wanted.command, session, around);
      commands.add(running);
      upgrade.socket.once('close', running.kill);
      void running.ended.then((status) => {
        commands.delete(running);
        session.finish(status);
      });
    };
    if (form === 'streams') {
      const transport = acceptSpdy(upgrade, protocol);
      serveSpdy(transport, collectSession(transport, wanted, begin));
    } else {
      acceptWebSocket(upgrade, protocol, (connection) => begin(channelSession(connection, wanted)));
    }
  };

  const openers = { portforward: openPortForward, exec: openExec } as const;

  const open = async (upgrade: UpgradeRequest, target: StreamTarget) => {
    const { subresource } = target;
    if (subresource === 'attach') throw notSimulated(subresource);
    if (subresource === 'log') throw badRequest('logs are read without an upgrade');
    const offer = negotiate(subresource, upgrade.request.headers);
    if (typeof offer === 'string') throw badRequest(offer);
    await openers[subresource](upgrade, offer, ofPod(target));
  };

  const errorOf = (thrown: unknown): ApiError => {
    if (thrown instanceof ApiError) return thrown;
    log.error({ err: thrown }, 'a stream could not be opened');
    return internalError();
  };

  return {
    upgrade(request, socket, head, target) {
      track(socket);
      socket.on('error', () => socket.destroy());
      open({ request, socket, head }, target).catch((thrown: unknown) =>
        refuseUpgrade(request, socket, errorOf(thrown)),
      );
    },

    request(request, response, target) {
      const refuse = (thrown: unknown) => sendError(response, errorOf(thrown));
      if (target.subresource === 'attach') refuse(notSimulated('attach'));
      else if (target.subresource !== 'log') refuse(badRequest('Upgrade request required'));
      else if (request.method !== 'GET') return false;
      else readLogs().catch(refuse);
      return true;

      async function readLogs() {
        const { namespace, pod: name } = ofPod(target);
        const wanted = readLogRequest(queryOf(request), clock.now());
        const container = containerOf(await findPod(store, namespace, name), wanted.container);
        if (wanted.previous) {
          throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
        }
        const part = partOf(namespace, name, container);
        if (part === undefined) {
          throw badRequest(`container "${container}" in pod "${name}" has no logs: Kymulator runs nothing in it`);
        }
        if (wanted.follow) track(response);
        sendLogs(response, logTap, part, wanted);
      }
    },

    async close() {
      closed = true;
      for (const connection of connections) connection.destroy();
      for (const { kill } of commands) kill();
      await Promise.all([...commands].map(({ ended }) => ended));
    },
  };
}

/** @throws ApiError 400 */
function ofPod(target: StreamTarget): PodTarget {
  if (target.pod) return { ...target, pod: target.pod };
  throw badRequest(`${target.subresource} is served for pods, not for services`);
}

const queryOf = ({ url = '' }: IncomingMessage) => new URLSearchParams(splitTarget(url).query);
