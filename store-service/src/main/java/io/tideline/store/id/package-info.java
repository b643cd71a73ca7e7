/** Message ids that no two processes ever give twice. */
@NullMarked
package io.tideline.store.id;

import org.jspecify.annotations.NullMarked;
