// Reads { release, resources, expressions }, and gives for each resource what fhirpath.js makes of
// each expression.
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';
import r5 from 'fhirpath/fhir-context/r5/index.js';
import { answer } from './ask.mjs';

const MODELS = { R4: r4, R5: r5 };

await answer(({ release, resources, expressions }) => {
  const compiled = expressions.map((text) => fhirpath.compile(text, MODELS[release]));
  return resources.map((resource) => compiled.map((value) => value(resource, { resource })));
});
