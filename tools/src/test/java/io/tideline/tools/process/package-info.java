/** Tests of the product as its users have it: servers and commands as processes, which are killed, paused and upgraded. */
@NullMarked
package io.tideline.tools.process;

import org.jspecify.annotations.NullMarked;
