import type {Socket} from 'node:net'
import type {AppRequest} from './entrance.ts'

/**
 * Has what is written in this turn of the event loop go out together: the head of a streamed answer with its first piece,
 * each of which would be a system call and a packet otherwise. It holds the socket and not the answer, whose `uncork`
 * throws in Node 24 where something was written in pieces without callbacks.
 */
export function writeTogether(request: AppRequest): void {
  const {incoming} = (request.env ?? {}) as {incoming?: {socket?: Partial<Pick<Socket, 'cork' | 'uncork'>>}}
  const socket = incoming?.socket
  socket?.cork?.()
  setImmediate(() => socket?.uncork?.())
}
