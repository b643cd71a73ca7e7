/** The port through which a process learns which timelines have moved, whoever moved them. */
@NullMarked
package io.tideline.core.feed;

import org.jspecify.annotations.NullMarked;
