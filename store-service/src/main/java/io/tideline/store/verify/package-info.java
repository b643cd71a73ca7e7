/** Reads timelines from end to end and says whether they keep their promises. Asynchronous, a page at a time. */
@NullMarked
package io.tideline.store.verify;

import org.jspecify.annotations.NullMarked;
