/** Tests of {@code io.tideline.store.message}. */
@NullMarked
package io.tideline.store.message;

import org.jspecify.annotations.NullMarked;
