/** Formats of exported files. */
@NullMarked
package io.tideline.core.export;

import org.jspecify.annotations.NullMarked;
