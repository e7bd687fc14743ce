/** Small helps on ordinary pages: autosave, double submits, keys, copying, confirming, counting. */
import "./enhance.css";
import { startAutosave } from "./enhance/autosave";
import { startHelps } from "./enhance/helps";
import { startKeeping } from "./enhance/keep";
import { startKeys } from "./enhance/keys";

startAutosave();
startHelps();
startKeeping();
startKeys();
