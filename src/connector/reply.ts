import type { FastifyReply } from 'fastify';
import { encodeGoJson } from '../go/json.ts';
import { KYMA_JSON } from '../kyma/errors.ts';

export const sendJson = (reply: FastifyReply, status: number, body: unknown) =>
  reply.code(status).header('content-type', KYMA_JSON).send(encodeGoJson(body));

/** An empty body, which still claims to be JSON. (connector-service §4.8) */
export const sendNothing = (reply: FastifyReply, status: number) =>
  reply.code(status).header('content-type', KYMA_JSON).send('');
