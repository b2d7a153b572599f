import { NestFactory } from '@nestjs/core';
import { PasswordService, SecretsService, SecurityModule } from 'nestjs-security';

/** What a hash may cost, unless the command line says otherwise: milliseconds, and MiB. */
const [targetMs = '250', memoryMiB = '64'] = process.argv.slice(2);

/** Shows what Argon2id costs on this machine, and the options that make the most of it. */
async function calibrate(): Promise<void> {
  const passwords = await passwordService();
  const { table, recommendation } = await passwords.calibrate({
    targetMs: Number(targetMs),
    memoryMiB: Number(memoryMiB),
  });
  console.log(`${table}\n`);
  if (!recommendation) return console.log(`Nothing fits into ${targetMs} ms: allow more time.`);
  const { memoryKiB, timeCost, parallelism } = recommendation;
  console.log(
    `password: { memoryKiB: ${memoryKiB}, timeCost: ${timeCost}, parallelism: ${parallelism} }`,
  );
}

async function passwordService(): Promise<PasswordService> {
  // Nothing is kept, so any key will do.
  const keys = [{ id: 'none', secret: new SecretsService().tokenUrlsafe() }];
  const app = await NestFactory.createApplicationContext(SecurityModule.forRoot({ keys }), {
    abortOnError: false,
    logger: false,
  });
  return app.get(PasswordService);
}

calibrate().catch((error: unknown) => {
  const isKnown = error instanceof TypeError || error instanceof RangeError;
  console.error(isKnown ? error.message : error);
  process.exitCode = 1;
});
