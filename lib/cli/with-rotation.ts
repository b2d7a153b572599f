import type { RotationSource } from '../encryption/rotation/rotation-source.js';
import type { RotationService } from '../encryption/rotation/rotation.service.js';
import { startServices } from './command-services.js';
import { openSetup } from './rotation-setup.js';
import type { SetupFlags } from './setup-options.js';
import type { Terminal } from './terminal.js';

/** Opens the source and the keys, works with them, and lets go of both however that ends. */
export async function withRotation<Result>(
  flags: SetupFlags,
  connections: number,
  terminal: Terminal,
  work: (opened: { rotation: RotationService; source: RotationSource }) => Promise<Result>,
): Promise<Result> {
  const { source, options, close } = await openSetup(flags, connections, terminal);
  try {
    const services = await startServices(options, terminal);
    try {
      return await work({ rotation: services.rotation, source });
    } finally {
      await services.close();
    }
  } finally {
    await close();
  }
}
