const members = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')

/** Whether data that go to a country stay under the GDPR: the members of the Union, Iceland, Liechtenstein and Norway. */
export function isInEea(country: string): boolean {
  return members.includes(country)
}
