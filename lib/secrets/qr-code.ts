import { Secret } from '../common/secret.js';
import { SecretsError } from '../errors/secrets.error.js';

type UqrModule = typeof import('uqr');

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const BORDER = 4;
/** Recovers from 15% of damage, as the standard's usual level does. */
const CORRECTION = 'M';
const MAX_BYTES = 2048;

/**
 * The QR code of a text as an SVG image, black on white.
 *
 * @throws TypeError for anything but a text of at most 2048 bytes
 * @throws SecretsError `SECRET_QR_UNAVAILABLE` when the package uqr is not installed
 */
export async function qrCodeSvg(text: string | Secret): Promise<string> {
  const value = textOf(text);
  const { renderSVG } = await loadUqr();
  return renderSVG(value, { border: BORDER, ecc: CORRECTION });
}

/**
 * The QR code of a text as lines of block characters, light on the dark ground of a terminal.
 *
 * @throws TypeError for anything but a text of at most 2048 bytes
 * @throws SecretsError `SECRET_QR_UNAVAILABLE` when the package uqr is not installed
 */
export async function qrCodeText(text: string | Secret): Promise<string> {
  const value = textOf(text);
  const { renderUnicodeCompact } = await loadUqr();
  return renderUnicodeCompact(value, { border: BORDER, ecc: CORRECTION });
}

function textOf(text: unknown): string {
  const value: unknown = text instanceof Secret ? text.reveal() : text;
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > MAX_BYTES) {
    throw new TypeError(`a QR code holds a text of 1 to ${MAX_BYTES} bytes`);
  }
  return value;
}

async function loadUqr(): Promise<UqrModule> {
  try {
    return await import('uqr');
  } catch (cause) {
    const message = 'QR codes need the package "uqr": install it with: npm install uqr';
    throw new SecretsError('SECRET_QR_UNAVAILABLE', message, { cause });
  }
}
