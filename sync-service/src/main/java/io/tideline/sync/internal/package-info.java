/** Work over futures in loops: without recursion, with bounds. For this module alone. */
@NullMarked
package io.tideline.sync.internal;

import org.jspecify.annotations.NullMarked;
