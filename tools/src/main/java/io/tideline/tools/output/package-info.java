/** How answers are printed: as a table for people, as JSON for programs. */
@NullMarked
package io.tideline.tools.output;

import org.jspecify.annotations.NullMarked;
