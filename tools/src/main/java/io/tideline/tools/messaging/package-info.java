/** The commands about conversations, messages and devices. */
@NullMarked
package io.tideline.tools.messaging;

import org.jspecify.annotations.NullMarked;
