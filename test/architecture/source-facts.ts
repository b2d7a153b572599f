import { parseFileSync } from '@swc/core';

/** What the rules want to know about a source file. */
export interface SourceFacts {
  /** Every module that is named in it, in whichever way: declarations, `import()`, types. */
  readonly imports: readonly string[];
  /** What breaks a rule about the file itself, in words. */
  readonly faults: readonly string[];
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

interface Findings {
  readonly imports: string[];
  readonly faults: string[];
}

/** Where a node stands: what is at the top runs once, when the module is loaded. */
interface Place {
  readonly insideFunction: boolean;
  readonly insideBlock: boolean;
}

const FUNCTIONS: readonly string[] = [
  'ArrowFunctionExpression',
  'FunctionDeclaration',
  'FunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
  'Constructor',
];

const BLOCKS: readonly string[] = [
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
];
const FIELDS: readonly string[] = ['ClassProperty', 'PrivateProperty'];

/** Reads a TypeScript file without running or compiling it. */
export function sourceFacts(path: string): SourceFacts {
  const findings: Findings = { imports: [], faults: [] };
  const tree: unknown = parseFileSync(path, { syntax: 'typescript', decorators: true });
  visit(tree, { insideFunction: false, insideBlock: false }, findings);
  return findings;
}

function visit(value: unknown, place: Place, findings: Findings): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, place, findings);
  } else if (isNode(value)) {
    const named = moduleNamedBy(value);
    if (named !== undefined) findings.imports.push(named);
    if (!place.insideFunction) collectFaults(value, place, findings);
    if (isImportMeta(value)) findings.faults.push('import.meta');
    const inner = {
      insideFunction: place.insideFunction || FUNCTIONS.includes(value.type),
      insideBlock: place.insideBlock || BLOCKS.includes(value.type),
    };
    for (const child of Object.values(value)) visit(child, inner, findings);
  } else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) visit(child, place, findings);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function isImportMeta({ type, kind }: Node): boolean {
  return type === 'MetaProperty' && kind === 'import.meta';
}

function moduleNamedBy(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return textOf(node['source']);
    case 'TsImportType':
      return textOf(node['argument']);
    case 'CallExpression': {
      const [first] = node['arguments'] as [{ expression: unknown }?];
      return (node['callee'] as Node).type === 'Import' ? textOf(first?.expression) : undefined;
    }
    default:
      return undefined;
  }
}

function textOf(literal: unknown): string | undefined {
  const value = isNode(literal) ? literal['value'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** `let` in a block of the top is gone after loading; `var` and static fields stay wherever they are. */
function collectFaults(node: Node, { insideBlock }: Place, { faults }: Findings): void {
  const { type, kind } = node;
  if (type === 'AwaitExpression' || (type === 'ForOfStatement' && node['await'] === true)) {
    faults.push('top-level await');
  } else if (
    type === 'VariableDeclaration' &&
    (kind === 'var' || (kind === 'let' && !insideBlock))
  ) {
    faults.push(`module-level ${kind}`);
  } else if (FIELDS.includes(type) && node['isStatic'] === true && node['readonly'] !== true) {
    faults.push('mutable static field');
  }
}
