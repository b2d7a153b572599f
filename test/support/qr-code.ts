import jsQR from 'jsqr';

/** Reads back a QR code drawn by `qrCodeSvg`. */
export function readSvgQrCode(svg: string): string | undefined {
  const [, width = ''] = /viewBox="0 0 (\d+) \d+"/.exec(svg) ?? [];
  const squares = Array.from(svg.matchAll(/M(\d+),(\d+)h(\d+)v\3h-\3z/g), ([, x, y, size]) => ({
    x: Number(x) / Number(size),
    y: Number(y) / Number(size),
    size: Number(size),
  }));
  const modules = Number(width) / (squares[0]?.size ?? 1);
  const dark = new Set(squares.map(({ x, y }) => y * modules + x));
  return readModules(modules, (x, y) => dark.has(y * modules + x));
}

/** Reads back a QR code drawn by `qrCodeText`: two modules a character, blocks are light. */
export function readTerminalQrCode(text: string): string | undefined {
  const lines = text.split('\n');
  const modules = lines[0]?.length ?? 0;
  return readModules(modules, (x, y) => {
    const light = y % 2 === 0 ? '█▀' : '█▄';
    return !light.includes(lines[Math.floor(y / 2)]?.[x] ?? '█');
  });
}

/** Draws each module four pixels wide and gives the picture to a reader that knows nothing of the writer. */
function readModules(
  modules: number,
  isDark: (x: number, y: number) => boolean,
): string | undefined {
  const scale = 4;
  const width = modules * scale;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let index = 0; index < width * width; index += 1) {
    const x = Math.floor((index % width) / scale);
    const y = Math.floor(index / width / scale);
    if (isDark(x, y)) pixels.fill(0, index * 4, index * 4 + 3);
  }
  return jsQR.default(pixels, width, width)?.data;
}
