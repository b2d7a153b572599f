#!/usr/bin/env node
import { lostOutputCodeOf, runCommand } from './command.js';
import { processTerminal } from './process-terminal.js';

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  process.exitCode = await runCommand(words, processTerminal(lostOutputCodeOf(words)));
}

void main();
