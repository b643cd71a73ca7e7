/** Tests of {@code io.tideline.store.id}. */
@NullMarked
package io.tideline.store.id;

import org.jspecify.annotations.NullMarked;
