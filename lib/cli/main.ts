#!/usr/bin/env node
import { runCommand } from './command.js';
import { processTerminal } from './process-terminal.js';

async function main(): Promise<void> {
  process.exitCode = await runCommand(process.argv.slice(2), processTerminal());
}

void main();
