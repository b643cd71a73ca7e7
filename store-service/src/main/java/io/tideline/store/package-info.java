/** What the services of this module share: their results, and the order in which they change a conversation. */
@NullMarked
package io.tideline.store;

import org.jspecify.annotations.NullMarked;
