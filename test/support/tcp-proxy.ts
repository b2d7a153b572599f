import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut between a question and its answer. */
export interface TcpProxy {
  readonly port: number;
  /** Cuts the connection as soon as the server answers a question that holds this text. Once. */
  cutAnswerTo(text: string): void;
  close(): void;
}

/** Starts a proxy on a free port of this machine. */
export async function startTcpProxy(
  targetPort: number,
  targetHost = '127.0.0.1',
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let cutAt: string | undefined;
  const server = createServer((inbound) => {
    const outbound = connect(targetPort, targetHost);
    let isCut = false;
    inbound.on('data', (data) => {
      if (cutAt !== undefined && data.includes(cutAt)) {
        isCut = true;
        cutAt = undefined;
      }
      outbound.write(data);
    });
    outbound.on('data', (data) => {
      if (isCut) inbound.destroy();
      else inbound.write(data);
    });
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAnswerTo: (text) => void (cutAt = text),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
