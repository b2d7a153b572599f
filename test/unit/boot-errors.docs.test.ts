import { transformSync } from '@swc/core';
import { Controller, Module, Post, type INestApplication, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SecurityModule, VerifyWebhook, securityConfig } from 'nestjs-security';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';

/** What the code of the page may use without importing it. */
const IN_SCOPE = {
  Controller,
  Module,
  Post,
  SecurityModule,
  VerifyWebhook,
  process,
  randomBytes,
  securityConfig,
};

interface Example {
  readonly title: string;
  readonly language: string;
  readonly cause: string;
  readonly message: string;
}

const examples = examplesOf(readFileSync('docs/boot-errors.md', 'utf8'));

describe('docs/boot-errors.md', () => {
  const saved = { ...process.env };
  afterEach(() => {
    process.env = { ...saved };
  });

  it('shows at least seven messages', () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
  });

  it.each(examples)(
    'prints what really is printed: $title',
    async ({ language, cause, message }) => {
      expect(
        await messageOf(language === 'sh' ? fromVariables(cause) : () => moduleOf(cause)),
      ).toBe(message);
    },
  );
});

/** Every heading that is followed by a cause and a message. */
function examplesOf(page: string): Example[] {
  const sections = page.matchAll(
    /^## (.+)\n(?:(?!^## )[\s\S])*?```(ts|sh)\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/gm,
  );
  return Array.from(sections, ([, title = '', language = '', cause = '', message = '']) => ({
    title,
    language,
    cause,
    message: message.trimEnd(),
  }));
}

/** Starts an application as `NestFactory.create(AppModule)` does, and gives what it says. */
async function messageOf(appModule: () => Type): Promise<string> {
  let app: INestApplication | undefined;
  try {
    const module = await Test.createTestingModule({ imports: [appModule()] }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await app?.close();
  }
  return 'the application started';
}

function fromVariables(lines: string): () => Type {
  for (const line of lines.trim().split('\n')) {
    const [name = '', value = ''] = line.split('=', 2);
    process.env[name] = value;
  }
  return () => {
    @Module({ imports: [SecurityModule.forRootAsync(securityConfig.asProvider())] })
    class AppModule {}
    return AppModule;
  };
}

function moduleOf(code: string): Type {
  const script = transformSync(code, {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  }).code;
  const exported: { AppModule?: Type } = {};
  compileFunction(script, ['exports', ...Object.keys(IN_SCOPE)])(
    exported,
    ...Object.values(IN_SCOPE),
  );
  if (!exported.AppModule) throw new Error('the example exports no AppModule');
  return exported.AppModule;
}
