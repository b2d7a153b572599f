/** What a signature of a request may cover (RFC 9421 §2). The first five have to be covered. */
export type Component =
  '@method' | '@authority' | '@path' | '@query' | 'content-digest' | 'content-type';

/** The values of the components of a request; `content-type` only where the request has one. */
export type ComponentValues = Readonly<Partial<Record<Component, string>>>;

/** The components that a signature of this request has to cover, no fewer and no more. */
export function neededComponents(values: ComponentValues): readonly Component[] {
  const always = ['@method', '@authority', '@path', '@query', 'content-digest'] as const;
  return values['content-type'] === undefined ? always : [...always, 'content-type'];
}

/**
 * The text that is signed (RFC 9421 §2.5): a line for each component, and one for the parameters.
 *
 * @param parameters the value of `Signature-Input` for this signature, as it is spelt
 */
export function signatureBase<Name extends string>(
  components: readonly Name[],
  values: Readonly<Partial<Record<Name, string>>>,
  parameters: string,
): string {
  const lines = components.map((name) => `"${name}": ${values[name]}\n`);
  return `${lines.join('')}"@signature-params": ${parameters}`;
}
