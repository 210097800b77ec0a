// Draws what the library says. Texts are set as text, so that none is taken for markup.

export const SAID = new Map([
  [true, 'Present'],
  [false, 'Absent'],
  [null, 'Not assessed'],
]);
const VERDICTS = {
  met: ['■', 'met'],
  not_met: ['□', 'not met'],
  undetermined: ['◪', 'undetermined'],
};

export const at = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const hidden = (text) => element('span', { class: 'visually-hidden' }, text);

export const bounds = ({ low, high }) => (low === high ? `${low}` : `${low} to ${high}`);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function drawEditions(definitions) {
  at('edition').replaceChildren(
    ...definitions.editions.map(({ name, label }) =>
      element('option', { value: name, selected: name === definitions.edition.name }, label),
    ),
  );
  at('edition-shown').textContent = definitions.edition.label;
  at('counts-when').textContent = `A descriptor counts when ${definitions.counts_when}.`;
  at('clinical-is').textContent =
    `Total of 0 to ${definitions.most}. Clinical: ${definitions.clinical}.`;
  at('intended-use').textContent = definitions.intended_use;
}

export function drawItems(definitions) {
  const laboratory = new Map();
  for (const analyte of definitions.laboratory) {
    for (const descriptor of analyte.decides) {
      laboratory.set(descriptor, [...(laboratory.get(descriptor) ?? []), analyte]);
    }
  }
  at('items').replaceChildren(
    ...definitions.systems.map(({ system, label, descriptors }) =>
      element(
        'section',
        { class: 'system', id: `system-${system}`, 'aria-labelledby': `head-${system}` },
        element(
          'h2',
          { id: `head-${system}` },
          capital(label),
          ' ',
          element('span', { class: 'points', 'data-points': system }, '…'),
        ),
        ...descriptors.map((one) => item(one, laboratory.get(one.descriptor) ?? [])),
      ),
    ),
  );
  at('items').setAttribute('aria-busy', 'false');
  at('systems').replaceChildren(
    ...definitions.systems.map(({ system, label }) =>
      element(
        'li',
        {},
        element('a', { href: `#system-${system}` }, capital(label)),
        element('span', { class: 'points', 'data-points': system }, '…'),
      ),
    ),
  );
}

function item(one, analytes) {
  const name = one.descriptor;
  const points = one.weight === 1 ? '1 point' : `${one.weight} points`;
  return element(
    'div',
    { class: 'item', id: `item-${name}` },
    element(
      'div',
      { class: 'asked' },
      element(
        'h3',
        { id: `label-${name}` },
        element('span', { class: 'number' }, `${one.number}`),
        ` ${one.label} `,
        element('span', { class: 'weight' }, points),
      ),
      element('p', { class: 'definition', id: `definition-${name}` }, one.definition),
    ),
    element(
      'div',
      {
        class: 'answers',
        role: 'radiogroup',
        'aria-labelledby': `label-${name}`,
        'aria-describedby': `derived-${name} definition-${name}`,
      },
      ...[...SAID].map(([answer, word]) =>
        element(
          'label',
          {},
          element('input', {
            type: 'radio',
            name,
            value: `${answer}`,
            autocomplete: 'off',
            checked: answer === null,
          }),
          element('span', {}, word),
        ),
      ),
    ),
    element(
      'details',
      { class: 'source' },
      element(
        'summary',
        {},
        'Source',
        hidden(` of ${one.label}`),
        one.unverified ? ', in doubt' : '',
      ),
      element('p', {}, one.source),
      ...(one.unverified ? [element('p', {}, `Not verified: ${one.unverified}.`)] : []),
    ),
    ...(analytes.length
      ? [element('div', { class: 'laboratory' }, ...analytes.map(measured))]
      : []),
    element(
      'div',
      { class: 'derived', hidden: true },
      element('p', { id: `derived-${name}` }),
      element(
        'button',
        { type: 'button', 'data-take': name, hidden: true },
        'Take the laboratory’s answer',
        hidden(` on ${one.label}`),
      ),
    ),
  );
}

function measured({ analyte, label, units, laboratory_limit: limit, flags }) {
  const field = (part, title, attributes) =>
    element('input', {
      type: 'text',
      inputmode: 'decimal',
      autocomplete: 'off',
      'data-part': part,
      'aria-label': title,
      'aria-describedby': `wrong-${analyte}`,
      ...attributes,
    });
  const chosen = (part, title, first, values) =>
    element(
      'select',
      { autocomplete: 'off', 'data-part': part, 'aria-label': title },
      element('option', { value: '' }, first),
      ...values.map((value) => element('option', { value }, value)),
    );
  return element(
    'div',
    { class: 'measured', 'data-analyte': analyte },
    element('span', { class: 'analyte', 'aria-hidden': 'true' }, label),
    element(
      'span',
      { class: 'amount', role: 'group', 'aria-label': label },
      field('value', label, { class: 'value', placeholder: 'value' }),
      chosen('unit', `Unit of ${label}`, 'unit', units),
      ...(limit
        ? [
            field(limit, `The laboratory’s ${limit} limit of ${label}`, {
              class: 'value',
              placeholder: `${limit} limit`,
            }),
            chosen('flag', `What the laboratory says of ${label}`, 'flag', flags),
          ]
        : []),
    ),
    element('span', { class: 'problem', id: `wrong-${analyte}` }),
  );
}

export function drawTrials(definitions, chosen) {
  at('trials').replaceChildren(
    ...(definitions.trials.length
      ? definitions.trials.map(({ trial, name, rule }) =>
          element(
            'label',
            {},
            element('input', {
              type: 'checkbox',
              value: trial,
              checked: chosen.has(trial),
              autocomplete: 'off',
            }),
            element(
              'span',
              {},
              element('b', {}, trial),
              ` ${name}. `,
              element('span', { class: 'soft' }, rule.replaceAll('_', ' ')),
            ),
          ),
        )
      : [
          element(
            'p',
            { class: 'soft' },
            `No trial of the catalog asks for ${definitions.edition.label}.`,
          ),
        ]),
  );
}

function jumps(list, labels, descriptors) {
  list.replaceChildren(
    ...descriptors.map((descriptor) =>
      element(
        'li',
        {},
        element('button', { type: 'button', 'data-jump': descriptor }, labels.get(descriptor)),
      ),
    ),
  );
}

const SHOWN = 8;

export function drawScores(scores, labels) {
  const total = bounds(scores);
  const clinical = bounds({ low: scores.clinical_low, high: scores.clinical_high });
  const open = scores.not_assessed.length;
  document.body.classList.remove('waiting', 'unanswered');
  at('total').textContent = total;
  at('clinical').textContent = clinical;
  at('open').textContent = open ? `${open}` : 'none';
  for (const place of document.querySelectorAll('[data-points]')) {
    place.textContent = bounds(scores.by_system[place.dataset.points]);
  }
  const decide = scores.verdicts.some(({ deciding }) => deciding.length);
  const asking = scores.worth_asking;
  at('asking').hidden = !asking.length;
  at('asking-why').textContent =
    (decide ? 'They can still change a verdict.' : 'They widen the total most.') +
    (asking.length > SHOWN ? ` The first ${SHOWN} of ${asking.length}:` : '');
  jumps(at('asking').querySelector('ul'), labels, asking.slice(0, SHOWN));
  const differing = Object.keys(scores.derived).filter((name) => scores.derived[name].differs);
  at('conflicts').hidden = !differing.length;
  jumps(at('conflicts').querySelector('ul'), labels, differing);
  at('verdicts').replaceChildren(...scores.verdicts.map((one) => verdict(one, labels)));
  const verdicts = scores.verdicts.map((one) => `${one.trial} ${VERDICTS[one.verdict][1]}`);
  const differ = differing.map((name) => `${labels.get(name)}: laboratory and answer differ`);
  return [`Total ${total}, clinical ${clinical}`, ...verdicts, ...differ].join('. ');
}

// The names of the library, as the form has them.
function words(text, labels) {
  let said = text;
  for (const [name, label] of labels) if (name.includes('_')) said = said.replaceAll(name, label);
  return said.replaceAll('_', ' ');
}

function verdict(one, labels) {
  const [mark, word] = VERDICTS[one.verdict];
  const deciding = one.deciding.map((name) => labels.get(name));
  const more = deciding.length > SHOWN ? ` and ${deciding.length - SHOWN} more` : '';
  return element(
    'div',
    { class: 'verdict' },
    element(
      'p',
      {},
      element('b', {}, one.trial),
      ' ',
      element(
        'span',
        { class: one.verdict },
        element('span', { 'aria-hidden': 'true' }, `${mark} `),
        word,
      ),
    ),
    element('p', { class: 'soft' }, `${words(one.reason, labels)}.`),
    ...(deciding.length
      ? [
          element(
            'p',
            { class: 'soft' },
            `Open until known: ${deciding.slice(0, SHOWN).join(', ')}${more}.`,
          ),
        ]
      : []),
    element('p', { class: 'soft' }, `Not judged here: ${one.not_judged}`),
  );
}

// What a person answered, and nothing of what stood there before.
export function drawAnswers(descriptors, answered) {
  for (const name of descriptors) choose(name, answered[name] ?? null);
}

function choose(name, answer) {
  at(`item-${name}`).querySelector(`input[name="${name}"][value="${answer}"]`).checked = true;
}

// What the laboratory values say beside an item, and whether the answer differs from it.
export function drawDerived(scores) {
  for (const [name, answer] of Object.entries(scores.assessment)) {
    choose(name, answer);
    const derived = scores.derived[name];
    const box = at(`item-${name}`).querySelector('.derived');
    box.hidden = !derived;
    box.classList.toggle('differs', Boolean(derived?.differs));
    box.querySelector('button').hidden = !derived?.differs;
    at(`derived-${name}`).textContent = derived ? sentence(derived, answer) : '';
  }
}

function sentence({ answer, reason, differs }, counted) {
  const words = reason.replaceAll('_', ' ');
  if (answer === null) return `Laboratory: open. ${capital(words)}.`;
  const laboratory = `Laboratory: ${SAID.get(answer).toLowerCase()} (${words}).`;
  if (!differs) return laboratory;
  return `⚠ Differs. You: ${SAID.get(counted).toLowerCase()}, which counts. ${laboratory}`;
}

// No number of other answers may stand beside these. What is hidden keeps its place.
export function drawWaiting(word = '…') {
  for (const place of document.querySelectorAll('[data-points]'))
    place.textContent = word === '…' ? word : '–';
  for (const id of ['total', 'clinical']) at(id).textContent = word;
  at('open').textContent = word === '…' ? word : '–';
  document.body.classList.add('waiting');
  document.body.classList.toggle('unanswered', word !== '…');
}

export function drawProblem(text, again = false) {
  at('problem').textContent = text ?? '';
  at('problem').hidden = !text;
  at('again').hidden = !again;
}

export function drawNotice(text) {
  at('notice').textContent = text ?? '';
  at('notice').hidden = !text;
}
