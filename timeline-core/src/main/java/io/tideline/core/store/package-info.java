/** The ports to a timeline store and the values that cross them. Adapters name their engine; ports do not. */
@NullMarked
package io.tideline.core.store;

import org.jspecify.annotations.NullMarked;
