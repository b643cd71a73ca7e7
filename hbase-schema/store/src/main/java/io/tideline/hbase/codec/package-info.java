/**
 * How the values of a messaging service stand in payloads and records, so that no other module turns values into bytes.
 * Every value begins with a byte: of records that guards ask about, the level; of all others a format number, so that
 * later formats can be told apart. Texts are UTF-8 behind their length, numbers eight bytes, big endian.
 */
@NullMarked
package io.tideline.hbase.codec;

import org.jspecify.annotations.NullMarked;
