import type {Instructions} from '../requests/request.ts'

interface Said {
  readonly name?: string | undefined
  readonly places?: readonly string[] | undefined
  readonly purposes?: readonly string[] | undefined
  readonly ground?: string | undefined
}

/** What a person said, without what they did not. */
export function instructionsOf({name, places, purposes, ground}: Said): Instructions {
  return {
    ...(name === undefined ? {} : {name}),
    ...(places === undefined ? {} : {places}),
    ...(purposes === undefined ? {} : {purposes}),
    ...(ground === undefined ? {} : {ground}),
  }
}
