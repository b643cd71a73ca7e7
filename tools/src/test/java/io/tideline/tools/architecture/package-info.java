/** The rules of docs/architecture.md that can be checked by a machine: this module is the one that sees all others. */
@NullMarked
package io.tideline.tools.architecture;

import org.jspecify.annotations.NullMarked;
