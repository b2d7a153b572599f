import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request in whichever way. */
export type RangeAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** The lines for prefix 21BD1 in the documentation of Pwned Passwords, with one for `P@ssw0rd`. */
export const RANGE_21BD1 = [
  '0018A45C4D1DEF81644B54AB7F969B88D65:1',
  '00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2',
  '011053FD0102E94D6AE2F8B83D76FAF94F6:1',
  '012A7CA357541F0AC487871FEEC1891C49C:2',
  '0136E006E24E7D152139815FB0FC6A50B15:2',
  '2DC183F740EE76F27B78EB39C8AD972A757:52579',
].join('\r\n');

/** A range API on a free port of this machine. */
export class RangeDouble {
  /** What it answers: the documented range, unless told. */
  answer: RangeAnswer = (_, response) => void response.end(RANGE_21BD1);
  /** What was asked, oldest first. */
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[] = [];
  readonly #server = createServer((request, response) => {
    this.asked.push({ path: request.url ?? '', headers: request.headers });
    this.answer(request, response);
  });

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
