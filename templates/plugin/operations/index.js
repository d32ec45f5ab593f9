import {sign} from './sign.js'

export const operations = [sign]
