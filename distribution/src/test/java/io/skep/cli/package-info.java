/** Tests of the command line, some of them on the unpacked distribution. */
@NullMarked
package io.skep.cli;

import org.jspecify.annotations.NullMarked;
