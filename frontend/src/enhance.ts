/** Small helps on ordinary pages: autosave, double submits, keys, copying, inserting, confirming, counting. */
import "./enhance.css";
import { startAutosave } from "./enhance/autosave";
import { startHelps } from "./enhance/helps";
import { startInserting } from "./enhance/insert";
import { startKeeping } from "./enhance/keep";
import { startKeys } from "./enhance/keys";

startAutosave();
startHelps();
startInserting();
startKeeping();
startKeys();
