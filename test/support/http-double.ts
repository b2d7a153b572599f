import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that stands in for another, on a free port of this machine. */
export abstract class HttpDouble {
  /** Sent in place of the true answer; `hang` sends nothing. */
  trouble: Reply | 'hang' | undefined;
  /** Everything that was asked, oldest first. */
  readonly received: Received[] = [];
  readonly #server: Server = createServer(
    (request, response) => void this.#serve(request, response),
  );

  /** What the true server calls its answers. */
  protected abstract readonly contentType: string;

  /** The true answer. */
  protected abstract answer(request: Received): Reply;

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await readReceived(request);
    this.received.push(received);
    if (this.trouble === 'hang') return;
    const { status, body } = this.trouble ?? this.answer(received);
    response.writeHead(status, { 'content-type': this.contentType }).end(body);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function readReceived(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString() };
}
