/** What tests of conversations and messages share. */
@NullMarked
package io.tideline.store;

import org.jspecify.annotations.NullMarked;
