/** {@code tideline archive}: work on the archive's files. */
@NullMarked
package io.tideline.tools.archive;

import org.jspecify.annotations.NullMarked;
