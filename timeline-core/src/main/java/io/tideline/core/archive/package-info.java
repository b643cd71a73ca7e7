/** The archive as operators see it: the work that is done on its files, and what came of it. */
@NullMarked
package io.tideline.core.archive;

import org.jspecify.annotations.NullMarked;
