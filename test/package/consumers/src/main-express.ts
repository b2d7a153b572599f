import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { exercise } from './exercise.js';

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { rawBody: true, logger: ['error', 'warn'] });
  console.log(JSON.stringify(await exercise(app)));
  await app.close();
}

void main();
