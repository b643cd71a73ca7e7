/** Tests of {@code io.tideline.store.conversation}. */
@NullMarked
package io.tideline.store.conversation;

import org.jspecify.annotations.NullMarked;
