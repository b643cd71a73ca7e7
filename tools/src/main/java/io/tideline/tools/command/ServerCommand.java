package io.tideline.tools.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks a server and prints an answer: the options that all of them share. */
abstract class ServerCommand implements Callable<Integer> {
    @Mixin
    final CommonOptions common = new CommonOptions();

    @Mixin
    final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    final OutputOptions output = new OutputOptions();
}
