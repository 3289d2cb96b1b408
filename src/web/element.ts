type Attributes = Readonly<Record<string, string | boolean | (() => void)>>;
export type Child = Node | string | null;

/**
 * Makes an element. Text always becomes a text node and never markup: names and sentences come from outside.
 * A function is a click handler.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener('click', value);
    else if (typeof value === 'string') made.setAttribute(name, value);
    else if (value) made.setAttribute(name, '');
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}
