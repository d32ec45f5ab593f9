/** For `node --import`: lets the tests of a plugin import the kernel of this program. */
import {exposeKernel} from './kernel-modules.ts'

exposeKernel()
