/** Tideline's command line: the entry point, and the one place where its commands are listed. */
@NullMarked
package io.tideline.tools;

import org.jspecify.annotations.NullMarked;
