/** What the services of this module share and nobody else uses. */
@NullMarked
package io.tideline.store.internal;

import org.jspecify.annotations.NullMarked;
